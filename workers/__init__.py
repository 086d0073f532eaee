"""What is done beside the telephone call: queues, and the processes that work them."""
