package dev.scalable.testkit.run;

/** What a process is to the cluster; the reaper ends them one kind after the other. */
public enum Role {
  /** An instance of the app, or a step of it such as a migration. */
  APP,
  /** The balancer. */
  NGINX,
  /** Redis or Valkey. */
  REDIS,
  /** PostgreSQL, or a program that works on its data. */
  POSTGRES
}
