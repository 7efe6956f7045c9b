"""How sure a rank is: replicates, sweeps, assumptions, and clusters that keep their identity."""
