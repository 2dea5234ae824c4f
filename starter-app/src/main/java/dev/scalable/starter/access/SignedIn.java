package dev.scalable.starter.access;

import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.inject.Qualifier;
import java.lang.annotation.Retention;

/** The filter that lets only those in who show a token; a route with it knows who asks. */
@Qualifier
@Retention(RUNTIME)
public @interface SignedIn {}
