import { multipartError, openMultipart } from './multipart.ts';
import { testClient } from './suite.ts';

testClient('taobao-sdk', openMultipart('taobao-sdk'), multipartError);
