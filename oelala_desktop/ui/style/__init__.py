"""How stock controls look. A control holds a face (`face.Face`), which says what it shows; the style asks it for size
and drawing. `studio_style.StudioStyle` is put on the application; a stock control without a face gets a plain one. What
controls are, and are worth, to screen readers is Qt's own business, but for the few words of `ui/access.py`."""
