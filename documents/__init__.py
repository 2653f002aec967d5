"""Official documents: numbered in the issuing transaction, rendered in a worker, never changed. Knows no business."""
