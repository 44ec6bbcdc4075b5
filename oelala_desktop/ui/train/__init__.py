"""What is trained on, and how it goes: pictures with captions, and the curve of the losses."""
