"""Distillation of student query encoders, and the small NMT model that rivals them."""
