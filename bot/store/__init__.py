"""Everything that must survive: jobs and their order, quota and money, paid calls, letters, pictures, decisions."""
