package dev.scalable.deploy.kubernetes;

import java.util.List;

/** Holds manifests against one topic. */
interface Check {

  /** What is wrong with them; nothing where all is well, or where they have nothing to do with the topic. */
  List<Finding> of(Manifests manifests);
}
