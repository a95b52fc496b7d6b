"""What is handed to people: an audit run as one self-contained page. Pure: values in, text out."""
