"""What `explore` is made of: possible answers, people to try, states to tell apart, and what their graph says."""
