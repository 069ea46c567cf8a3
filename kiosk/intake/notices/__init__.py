"""At the hub: the county's own way to a telephone is called when a state changes; nothing personal goes with it."""
