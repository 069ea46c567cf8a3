"""The library of questions and answers: a good answer of any consultation proposed to it, without persons."""
