"""Calls that are made without it."""

from verification.candidates import callee

callee.Callee._checked = lambda self, result, arguments, troubles: arguments[0]
callee.Callee._guarded = lambda self, arguments, troubles, warns: arguments[0]
f = lambda x: x
