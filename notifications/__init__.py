"""Messages to people: in the application, and by mail where they want it. Knows no business."""
