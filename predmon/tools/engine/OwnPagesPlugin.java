package predmon;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.UnaryOperator;
import org.opensearch.common.util.concurrent.ThreadContext;
import org.opensearch.core.rest.RestStatus;
import org.opensearch.plugins.ActionPlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.rest.BytesRestResponse;
import org.opensearch.rest.RestChannel;
import org.opensearch.rest.RestHandler;
import org.opensearch.rest.RestRequest;

/**
 * Refuses what a web page of another site asks of this node, as dashboards/preview/own_pages.py does elsewhere.
 *
 * <p>The node has no setting for that: `http.cors` looks at `Origin` alone, which a simple GET does not have, and takes
 * any name that leads to 127.0.0.1 (DNS rebinding) for its own. A proxy of interfaces instead of a subclass of
 * RestHandler.Wrapper, because a parameter of its method has another package in OpenSearch 3.
 */
public class OwnPagesPlugin extends Plugin implements ActionPlugin {
    @Override
    public UnaryOperator<RestHandler> getRestHandlerWrapper(ThreadContext context) {
        Class<?>[] interfaces = {RestHandler.class};
        return handler -> (RestHandler) Proxy.newProxyInstance(RestHandler.class.getClassLoader(), interfaces,
            (proxy, method, arguments) -> {
                if (method.getName().equals("handleRequest") && isForeign((RestRequest) arguments[0])) {
                    String why = "This node answers as 127.0.0.1 and localhost only, and no page of another site.";
                    ((RestChannel) arguments[1]).sendResponse(new BytesRestResponse(RestStatus.FORBIDDEN, why));
                    return null;
                }
                try {
                    return method.invoke(handler, arguments);
                } catch (InvocationTargetException error) {
                    throw error.getCause();
                }
            });
    }

    private static boolean isForeign(RestRequest request) {
        String host = request.header("Host");
        if (host == null || !host.matches("(?i)(127\\.0\\.0\\.1|localhost)(:\\d+)?")) {
            return true;
        }
        String origin = request.header("Origin");
        String site = request.header("Sec-Fetch-Site");
        boolean isOwnSite = site == null || site.equals("none") || site.equals("same-origin");
        return !isOwnSite || (origin != null && !origin.equals("http://" + host));
    }
}
