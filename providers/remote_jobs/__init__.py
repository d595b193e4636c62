"""What providers with job ids share: a paid create sent once, a job asked after until it ends, its pictures fetched."""
