import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import javax.tools.ToolProvider;

/** Compiles and runs samples one after the other in one process: each argument is a folder that holds a Call.java. */
public class RunSamples {
    public static void main(String[] folders) throws Exception {
        for (String folder : folders) {
            String source = new File(folder, "Call.java").getPath();
            // 11 is the oldest Java that the samples name.
            int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "--release", "11", "-proc:none", "-d", folder, source);
            if (failed != 0) throw new IllegalStateException(source + " does not compile");
            try (URLClassLoader classes = new URLClassLoader(new URL[] {new File(folder).toURI().toURL()})) {
                classes.loadClass("Call").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
            }
        }
    }
}
