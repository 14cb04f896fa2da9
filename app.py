"""Run the portal with Flask's own server. `make run` starts the real thing under gunicorn."""

from app import create_app

if __name__ == "__main__":
    create_app().run()
