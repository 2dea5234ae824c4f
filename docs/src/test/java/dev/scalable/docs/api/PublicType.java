package dev.scalable.docs.api;

import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * A type that users of a published module can name.
 *
 * @param packageName its package
 * @param name its name with those of the types around it, without the package
 * @param declaration how it is declared, up to its members
 * @param stability its own mark, or that of the type around it, or that of its package; empty if none has one
 * @param ofPackage the mark of its package
 * @param components names of a record's components
 * @param javadoc the text above it as it is written; empty if there is none
 * @param members what users can call of it
 */
record PublicType(String packageName, String name, String declaration, Optional<API.Status> stability,
    Optional<API.Status> ofPackage, List<String> components, String javadoc, List<Member> members) {

  /**
   * Something that users can call.
   *
   * @param signature as it is declared, without the packages of types
   * @param javadoc the text above it as it is written; empty if there is none
   * @param explained whether that text is due here: not for what the compiler has added or another type declares
   */
  record Member(String signature, String javadoc, boolean explained) {}

  String qualifiedName() {
    return packageName + "." + name;
  }

  boolean isNested() {
    return name.contains(".");
  }

  boolean internal() {
    return stability.equals(Optional.of(API.Status.INTERNAL));
  }
}
