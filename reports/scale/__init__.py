"""How training scales over ranks: time, efficiency, bytes, a prediction."""
