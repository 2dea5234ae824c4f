package dev.scalable.http;

/** The request methods that a route can answer (RFC 9110 section 9.3, RFC 5789 for PATCH). */
public enum Method {
  /** Reads, and changes nothing. */
  GET,
  /** Reads what GET would, without the body. A route of {@link #GET} answers it where there is none of its own. */
  HEAD,
  /** Does something that only the resource defines; doing it twice may be twice the effect. */
  POST,
  /** Replaces what is there; doing it twice is doing it once. */
  PUT,
  /** Changes a part of what is there; doing it twice may be twice the effect. */
  PATCH,
  /** Removes what is there; doing it twice is doing it once. */
  DELETE,
  /** Asks what may be done. Answered by the server itself where there is a route. */
  OPTIONS
}
