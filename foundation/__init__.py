"""What no business owns: the floor under all of them."""
