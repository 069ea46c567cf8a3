"""What citizens see of a booking besides the pages that every submission has."""
