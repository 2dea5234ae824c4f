package dev.scalable.starter.accounts;

/**
 * An account as it is told to its owner, once: nobody can be told the token again, since only its digest is kept.
 *
 * @param id its identity
 * @param name what its owner is called
 * @param token what its owner shows from now on, in {@code Authorization: Bearer}
 */
public record NewAccount(long id, String name, String token) {

  /** Without the token: this ends in logs. */
  @Override
  public String toString() {
    return "NewAccount[id=" + id + ", name=" + name + "]";
  }
}
