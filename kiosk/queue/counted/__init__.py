"""What was counted of the queues of halls, at the hub: by place, day and topic, without persons."""
