"""咨询留言: a question left for the county at a terminal or phone, answered within the time that it promises."""
