"""Who accepted which finding, and why: in the metadata of templates, in cloud assemblies, and in a baseline file."""
