package dev.scalable.redis;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;

/** Whose certificates are believed, and that the name in them is looked at. */
final class Tls {

  private static final String FORMAT = "PKCS12";

  /** Jedis wants a store of certificates, and a store wants a password. There is nothing in it to be kept secret. */
  private static final String PASSWORD = "certificates are public";

  private Tls() {}

  /**
   * Options that want a certificate of some authorities, and in it the name that is connected to.
   *
   * @param authority path of a file with their own certificates, in PEM; empty for the authorities that Java trusts
   * @throws IllegalArgumentException if there is no such file, or no certificate in it
   */
  static SslOptions options(String authority) {
    SslOptions.Builder options = SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL);
    if (!authority.isEmpty()) {
      byte[] store = store(authority);
      options.trustStoreType(FORMAT).truststore(() -> new ByteArrayInputStream(store), PASSWORD.toCharArray());
    }
    return options.build();
  }

  private static byte[] store(String authority) {
    try (InputStream file = Files.newInputStream(Path.of(authority))) {
      KeyStore trusted = KeyStore.getInstance(FORMAT);
      trusted.load(null, null);
      for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(file)) {
        trusted.setCertificateEntry("authority " + trusted.size(), certificate);
      }
      if (trusted.size() == 0) {
        throw new IllegalArgumentException("there is no certificate in it");
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      trusted.store(bytes, PASSWORD.toCharArray());
      return bytes.toByteArray();
    } catch (IOException | InvalidPathException | GeneralSecurityException e) {
      throw new IllegalArgumentException(e.toString(), e);
    }
  }
}
