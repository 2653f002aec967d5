"""Starting and stopping: the embedded database and broker, the demonstration's supervisor, the health checks.

The one room beside the house that the product itself never imports; it exists so that two commands work on a bare machine.
"""
