"""The frame of the window: sidebar, top bar, panels at the side, and what is remembered of them."""
