"""The statutory clock: profiles, the working-day calendar, due dates, and the watch over them. Knows no business."""
