"""A card reader and a code scanner without hardware, with made-up cards and slips to hold up and a button a fault."""
