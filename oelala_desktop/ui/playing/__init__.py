"""Files as they are shown and heard: pictures and frames decoded on threads, sound, full screen."""
