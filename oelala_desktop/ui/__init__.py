"""Face two: the window. Widgets take plain values and emit signals; pages put them together."""
