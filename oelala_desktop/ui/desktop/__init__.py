"""What the desktop is told and asked: tray, taskbar, a second start, sleep."""
