// What a worker loads once for all its workflows, in place of once for each: the SDK's `preloadModules`, which saves 60 KB an
// export. Nothing in here, or in what it needs, knows `@temporalio/workflow` or keeps state: a test checks that.
import '../src/contract/typedInput';
import '../src/contract/wire';
import './actions';
import './blocked';
import './carriedShape';
import './finalWords';
import './fromVersion1';
import './notices';
import './page';
import './pageRequest';
import './status';
import './streamNews';
import './summaries';
import './unavailable';
import './verificationStatus';
