"""Names of people: cleaned, folded, sounded, compared. The one station that knows what a Chinese name can become on its way."""
