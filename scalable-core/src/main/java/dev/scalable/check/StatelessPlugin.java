package dev.scalable.check;

import dagger.spi.model.Binding;
import dagger.spi.model.BindingGraph;
import dagger.spi.model.BindingGraph.ComponentNode;
import dagger.spi.model.BindingGraphPlugin;
import dagger.spi.model.BindingKind;
import dagger.spi.model.DaggerProcessingEnv;
import dagger.spi.model.DaggerTypeElement;
import dagger.spi.model.DiagnosticReporter;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Elements;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;
import javax.tools.StandardLocation;
import org.jspecify.annotations.Nullable;

/**
 * The check at compile time. Dagger finds it on the annotation processor path and shows it every component; state in
 * what the component injects, in what its modules provide and in the modules themselves is a compile error that names
 * class, field and reason. Where nothing was found, leaves the proof that {@link StatelessCheck} asks for at start.
 *
 * <p>Looks into the app's own classes, which are those that lie in a jar or folder together with a component, a module
 * or an injected class: the jars of vendors are not the app's business.
 *
 * <p>Used by one compiler at a time, by Dagger alone.
 */
public final class StatelessPlugin implements BindingGraphPlugin {

  private static final String SOURCE = "source";

  private @Nullable ProcessingEnvironment processing;

  /** For the service loader. */
  public StatelessPlugin() {}

  @Override
  public String pluginName() {
    return "stateless";
  }

  @Override
  public void init(DaggerProcessingEnv env, Map<String, String> options) {
    processing = env.backend() == DaggerProcessingEnv.Backend.JAVAC ? env.javac() : null;
  }

  @Override
  public void visitGraph(BindingGraph graph, DiagnosticReporter reporter) {
    // A full graph also holds what no component uses; Dagger makes one where an option asks for it.
    if (processing != null && !graph.isFullBindingGraph()) {
      new Visit(processing, graph).judge(reporter);
    }
  }

  /** One component with all that it is made of. */
  private static final class Visit {

    private final ProcessingEnvironment processing;
    private final BindingGraph graph;
    private final DeclaredState state;
    private final Set<String> ownPlaces = new HashSet<>();
    private final Map<String, String> ownPackages = new HashMap<>();
    private final Set<String> sharedTypes = new TreeSet<>();

    Visit(ProcessingEnvironment processing, BindingGraph graph) {
      this.processing = processing;
      this.graph = graph;
      this.state = new DeclaredState(elements(), processing.getTypeUtils(), type -> ownPlaces.contains(place(type)));
      graph.componentNodes().forEach(node -> own(component(node)));
      graph.bindings().forEach(binding -> {
        binding.contributingModule().map(DaggerTypeElement::javac).ifPresent(this::own);
        if (binding.kind() == BindingKind.INJECTION) {
          own(injected(binding));
        }
      });
    }

    void judge(DiagnosticReporter reporter) {
      boolean stateless = true;
      for (Binding binding : graph.bindings()) {
        for (String finding : findings(binding)) {
          stateless = false;
          reporter.reportBinding(Diagnostic.Kind.ERROR, binding, finding);
        }
      }
      if (stateless) {
        // Of the root alone: two roots may share a subcomponent, and a file can be made only once.
        leaveProof(component(graph.rootComponentNode()));
      }
    }

    private List<String> findings(Binding binding) {
      List<String> found = new ArrayList<>();
      binding.contributingModule().ifPresent(module -> found.addAll(state.heldBy(module.javac())));
      switch (binding.kind()) {
        case INJECTION -> found.addAll(state.heldBy(injected(binding)));
        case PROVISION, PRODUCTION -> {
          ExecutableElement method = (ExecutableElement) binding.bindingElement().orElseThrow().javac();
          found.addAll(state.providedBy(method));
          if (DeclaredState.isShared(method)) {
            sharedTypes.add(runtimeName(method.getReturnType()));
          }
        }
        case BOUND_INSTANCE -> found.addAll(state.given(binding.key().type().javac()));
        // Assisted objects are made for one call; all others are made of bindings that are judged themselves.
        default -> { }
      }
      return found;
    }

    private static TypeElement injected(Binding binding) {
      Element constructor = binding.bindingElement().orElseThrow().javac();
      return (TypeElement) Objects.requireNonNull(constructor.getEnclosingElement(), "a constructor stands in a class");
    }

    private static TypeElement component(ComponentNode node) {
      return node.componentPath().currentComponent().javac();
    }

    private void own(TypeElement type) {
      String place = place(type);
      ownPlaces.add(place);
      ownPackages.putIfAbsent(place + " " + elements().getPackageOf(type), state.binaryName(type));
    }

    /** The jar or folder that a class lies in; one word for all that is being compiled. */
    private String place(TypeElement type) {
      TypeElement outermost = elements().getOutermostTypeElement(type);
      JavaFileObject file = elements().getFileObjectOf(outermost);
      if (file.getKind() == JavaFileObject.Kind.SOURCE) {
        return SOURCE;
      }
      String uri = file.toUri().toString();
      int path = elements().getBinaryName(outermost).length() + ".class".length();
      return uri.substring(0, Math.max(0, uri.length() - path));
    }

    /** As {@link Class#getName()} says it of a field that is declared with this type. */
    private String runtimeName(TypeMirror type) {
      TypeMirror erased = processing.getTypeUtils().erasure(type);
      Element element = processing.getTypeUtils().asElement(erased);
      return element instanceof TypeElement declared ? state.binaryName(declared) : erased.toString();
    }

    private void leaveProof(TypeElement component) {
      Proof proof = new Proof(Set.copyOf(ownPackages.values()), sharedTypes);
      String resource = Proof.resource(state.binaryName(component));
      try (Writer out = processing.getFiler()
          .createResource(StandardLocation.CLASS_OUTPUT, "", resource, component).openWriter()) {
        out.write(proof.write());
      } catch (IOException e) {
        processing.getMessager().printMessage(Diagnostic.Kind.ERROR, "The stateless check could not write " + resource
            + " into the class folder, and without it the service will not start: " + e, component);
      }
    }

    private Elements elements() {
      return processing.getElementUtils();
    }
  }
}
