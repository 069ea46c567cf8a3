"""Programs that no terminal runs: the demo, the virtual printer, the gallery, and makers of shipped files."""
