"""What the papers say, as data: YAML files beside this module and the classes that load them."""
