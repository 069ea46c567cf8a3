"""Writing Chinese on a screen without a keyboard: pinyin, strokes, digits, common words, letters."""
