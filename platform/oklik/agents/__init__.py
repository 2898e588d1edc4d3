"""Who takes the call: groups of agents and how one is chosen.  Pure: values in, values out."""
