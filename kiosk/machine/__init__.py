"""What makes a checkout a machine: homes, processes, copies, catalogue files."""
