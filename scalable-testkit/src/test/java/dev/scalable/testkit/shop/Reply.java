package dev.scalable.testkit.shop;

/** An answer: a status and a JSON text, empty for 204. */
record Reply(int status, String json) {
  static Reply ok(String json) {
    return new Reply(200, json);
  }

  static Reply created(String json) {
    return new Reply(201, json);
  }

  static Reply noContent() {
    return new Reply(204, "");
  }
}
