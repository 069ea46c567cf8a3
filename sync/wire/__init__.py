"""Messages between terminal and hub: their forms, signatures, sealing and errors."""
