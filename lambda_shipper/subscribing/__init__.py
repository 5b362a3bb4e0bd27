"""Attaches log groups by rule: a function of its own, which runs on a schedule and at each deployment."""
