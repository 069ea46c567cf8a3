"""The parts of a form: blanks, the fields made of them, its content as it is handed in."""
