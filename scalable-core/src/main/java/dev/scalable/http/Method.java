package dev.scalable.http;

/** The request methods that a route can answer (RFC 9110 section 9.3, RFC 5789 for PATCH). */
public enum Method {
  GET,
  HEAD,
  POST,
  PUT,
  PATCH,
  DELETE,
  OPTIONS
}
