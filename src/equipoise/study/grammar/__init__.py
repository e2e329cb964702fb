"""The grammar of `study.yaml`: each definition both reads a part of the file and writes its part of the JSON Schema."""
