/**
 * Holds deploy-templates/kubernetes against the models of Kubernetes, the schemas of custom resources, the library and
 * itself, without a cluster. What is found is a {@link dev.scalable.deploy.kubernetes.Finding} with the line where it
 * was written.
 */
@NullMarked
package dev.scalable.deploy.kubernetes;

import org.jspecify.annotations.NullMarked;
