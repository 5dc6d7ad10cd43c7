from fastapi import FastAPI

app = FastAPI(title="Hello")


@app.get("/")
def greet(name: str = "world") -> dict[str, str]:
    return {"message": f"Hello, {name}!"}
