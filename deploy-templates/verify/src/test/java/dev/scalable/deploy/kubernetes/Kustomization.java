package dev.scalable.deploy.kubernetes;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Renders a folder as kustomize does, for what the templates here use of it: resources, components, patches of RFC
 * 6902, images, replicas, labels, namespace and generated config maps with hashes in their names. Anything else is a
 * mistake and not ignored. Where kustomize is to be had, {@link KustomizeItselfTest} holds this against it. Unlike its
 * output, each part knows where it was written.
 */
final class Kustomization {

  private static final Set<String> KNOWN = Set.of("apiVersion", "kind", "namespace", "resources", "components",
      "patches", "images",
      "replicas", "labels", "configMapGenerator");
  /** Of the kinds here those that belong to no namespace. */
  private static final Set<String> OF_THE_CLUSTER = Set.of("Namespace");

  private final Path root;
  /** Config maps get the hash of their content at the very end, when all that is merged into them is there. */
  private final List<Resource> generated = new ArrayList<>();

  private Kustomization(Path root) {
    this.root = root;
  }

  /**
   * The resources of a folder.
   *
   * @param root deploy-templates, or a copy
   * @param folder the folder of a kustomization.yaml, relative to it
   * @throws Mistake if it cannot be rendered
   */
  static List<Resource> render(Path root, Path folder) {
    Kustomization run = new Kustomization(root);
    List<Resource> resources = new ArrayList<>();
    run.accumulate(folder, resources);
    run.hashNames(resources);
    return resources;
  }

  private void accumulate(Path folder, List<Resource> resources) {
    Path file = folder.resolve("kustomization.yaml");
    Node.Mapping kustomization = YamlFile.documents(root, file).getFirst();
    for (Map.Entry<String, Node> entry : kustomization.entries().entrySet()) {
      if (!KNOWN.contains(entry.getKey())) {
        throw new Mistake(entry.getValue().place(), entry.getKey()
            + " is nothing that this renderer knows of kustomize");
      }
    }
    for (Node item : kustomization.items("resources")) {
      Path path = folder.resolve(item.text().orElseThrow()).normalize();
      if (Files.isDirectory(root.resolve(path))) {
        List<Resource> below = new ArrayList<>();
        accumulate(path, below);
        below.forEach(resource -> add(resources, resource, item));
      } else if (Files.isRegularFile(root.resolve(path))) {
        YamlFile.documents(root, path).forEach(document -> add(resources, new Resource(document), item));
      } else {
        throw new Mistake(item.place(), "there is no " + path);
      }
    }
    generate(kustomization, folder, resources);
    // After the generators and before everything else, as in kustomize: a component may override what its user
    // generates.
    for (Node item : kustomization.items("components")) {
      Path component = folder.resolve(item.text().orElseThrow()).normalize();
      if (!Files.isDirectory(root.resolve(component))) {
        throw new Mistake(item.place(), "there is no " + component);
      }
      accumulate(component, resources);
    }
    patch(kustomization, folder, resources);
    kustomization.items("labels").forEach(label -> label(label, resources));
    kustomization.items("images").forEach(image -> image(image, resources));
    kustomization.items("replicas").forEach(replicas -> replicas(replicas, resources));
    kustomization.at("namespace").ifPresent(namespace -> resources.stream()
        .filter(resource -> !OF_THE_CLUSTER.contains(resource.kind()))
        .forEach(resource -> resource.document().child("metadata").entries().put("namespace", namespace)));
  }

  private static void add(List<Resource> resources, Resource resource, Node item) {
    if (resources.stream().anyMatch(other -> other.is(resource.kind(), resource.name()))) {
      throw new Mistake(item.place(), "there is a " + resource + " already");
    }
    resources.add(resource);
  }

  private void generate(Node.Mapping kustomization, Path folder, List<Resource> resources) {
    for (Node generator : kustomization.items("configMapGenerator")) {
      String name = generator.text("name").orElseThrow();
      boolean merge = generator.text("behavior").orElse("create").equals("merge");
      Resource configMap = resources.stream().filter(resource -> resource.is("ConfigMap", name)).findFirst()
          .orElse(null);
      if (merge != (configMap != null)) {
        throw new Mistake(generator.place(), merge ? "there is no ConfigMap " + name + " yet to merge into"
            : "there is a ConfigMap " + name + " already: behavior: merge?");
      }
      if (configMap == null) {
        configMap = new Resource(new Node.Mapping(generator.place()));
        configMap.document().entries().put("apiVersion", new Node.Scalar(generator.place(), "v1"));
        configMap.document().entries().put("kind", new Node.Scalar(generator.place(), "ConfigMap"));
        configMap.document().child("metadata").entries().put("name", new Node.Scalar(generator.place(), name));
        resources.add(configMap);
        generated.add(configMap);
      }
      ConfigMaps.fill(configMap.document(), generator, root, folder);
    }
  }

  private void patch(Node.Mapping kustomization, Path folder, List<Resource> resources) {
    for (Node patch : kustomization.items("patches")) {
      String kind = patch.text("target", "kind").orElseThrow(() ->
          new Mistake(patch.place(), "has no target with a kind"));
      String name = patch.text("target", "name").orElseThrow(() ->
          new Mistake(patch.place(), "has no target with a name"));
      Resource target = resources.stream().filter(resource -> resource.is(kind, name)).findFirst()
          .orElseThrow(() -> new Mistake(patch.place(), "there is no " + kind + " " + name + " to patch"));
      JsonPatch.apply(operations(patch, folder), target.document());
    }
  }

  private List<Node> operations(Node patch, Path folder) {
    List<Node> documents;
    if (patch.at("path").isPresent()) {
      Path file = folder.resolve(patch.text("path").orElseThrow()).normalize();
      documents = YamlFile.any(root, file);
    } else {
      Node text = patch.at("patch").orElseThrow(() -> new Mistake(patch.place(), "has neither patch nor path"));
      documents = YamlFile.any(text.place().file(), text.text().orElseThrow(), text.place().line());
    }
    if (documents.size() != 1 || !(documents.getFirst() instanceof Node.Sequence list)) {
      throw new Mistake(patch.place(), "is no list of operations: this renderer knows no other patches");
    }
    return list.items();
  }

  private static void label(Node label, List<Resource> resources) {
    Node.Mapping pairs = (Node.Mapping) label.at("pairs").orElseThrow();
    for (Resource resource : resources) {
      resource.document().child("metadata").child("labels").entries().putAll(pairs.copy().entries());
      if (label.text("includeTemplates").orElse("").equals("true")) {
        resource.podTemplate().ifPresent(template ->
            ((Node.Mapping) template).child("metadata").child("labels").entries().putAll(pairs.copy().entries()));
      }
    }
  }

  private static void image(Node image, List<Resource> resources) {
    String name = image.text("name").orElseThrow();
    for (Resource resource : resources) {
      resource.podTemplate().ifPresent(template -> List.of("containers", "initContainers").forEach(list ->
          template.items("spec", list).forEach(container -> {
            String old = container.text("image").orElse("");
            if (old.replaceFirst("(@.*|:[^/]*)$", "").equals(name)) {
              String tag = image.text("digest").map(digest -> "@" + digest)
                  .or(() -> image.text("newTag").map(newTag -> ":" + newTag)).orElse(old.substring(name.length()));
              ((Node.Mapping) container).entries().put("image",
                  new Node.Scalar(image.place(), image.text("newName").orElse(name) + tag));
            }
          })));
    }
  }

  private static void replicas(Node replicas, List<Resource> resources) {
    String name = replicas.text("name").orElseThrow();
    resources.stream().filter(resource -> resource.is("Deployment", name))
        .forEach(resource -> resource.document().child("spec").entries().put("replicas", replicas.at("count")
            .orElseThrow()));
  }

  private void hashNames(List<Resource> resources) {
    for (Resource configMap : generated) {
      String name = configMap.name();
      String hashed = ConfigMaps.hashed(configMap);
      Node.Mapping metadata = configMap.document().child("metadata");
      metadata.entries().put("name", new Node.Scalar(metadata.placeOf("name"), hashed));
      resources.stream().flatMap(resource -> resource.podTemplate().stream()).flatMap(Node::all).forEach(node ->
          List.of("configMap", "configMapRef", "configMapKeyRef").forEach(key -> {
            if (node.at(key).orElse(null) instanceof Node.Mapping reference && reference.text("name").orElse("")
                .equals(name)) {
              reference.entries().put("name", new Node.Scalar(reference.placeOf("name"), hashed));
            }
          }));
    }
  }
}
